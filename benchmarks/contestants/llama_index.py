"""llama-index with faiss, dense only, as its documentation shows: a flat index, nodes, a retriever."""

from pathlib import Path
from typing import Any

from benchmarks.contest import WARM, Contestant, Job

BATCH = 10  # its default; 32 and 64 were slower


class LlamaIndex:
    """An index in memory, persisted to the folder of the job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._model: Any = None
        self._retriever: Any = None

    def load(self) -> None:
        """The model is read at once."""
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding  # noqa: PLC0415  what takes time is timed

        self._model = HuggingFaceEmbedding(
            model_name=self._job.model,
            embed_batch_size=BATCH,
            device="cpu",
            model_kwargs={"dtype": self._job.precision},
        )
        self._model.get_text_embedding(WARM)

    def index(self) -> None:
        """Vectors in faiss, texts in its own document store; both are written."""
        import faiss  # noqa: PLC0415
        from llama_index.core import StorageContext, VectorStoreIndex  # noqa: PLC0415
        from llama_index.core.schema import TextNode  # noqa: PLC0415
        from llama_index.vector_stores.faiss import FaissVectorStore  # noqa: PLC0415

        nodes = [TextNode(text=passage) for passage in self._job.passages]
        dimension = len(self._model.get_text_embedding(WARM))
        store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(dimension))
        context = StorageContext.from_defaults(vector_store=store)
        index = VectorStoreIndex(nodes, storage_context=context, embed_model=self._model)
        context.persist(str(Path(self._job.folder) / "llama-index"))
        self._retriever = index.as_retriever(similarity_top_k=self._job.k)

    def search(self, question: str) -> list[str]:
        """By the retriever, which encodes the question."""
        return [found.node.get_content() for found in self._retriever.retrieve(question)]


def made(job: Job) -> Contestant:
    """For the job."""
    return LlamaIndex(job)
