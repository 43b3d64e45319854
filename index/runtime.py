"""The only importer of OpenVINO, which would tell its maker over the network that it is imported."""

import sys

sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # cannot be imported then: OpenVINO does without

import openvino as ov  # noqa: E402  after the line above, or an event is sent
import openvino.opset15 as op  # noqa: E402
from openvino.properties import inference_num_threads, num_streams  # noqa: E402
from openvino.properties.device import capabilities  # noqa: E402
from openvino.properties.hint import inference_precision  # noqa: E402

__all__ = ["capabilities", "inference_num_threads", "inference_precision", "num_streams", "op", "ov"]
