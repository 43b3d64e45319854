"""Workers fill a node, and leave a CPU of it free."""

from hypothesis import given
from hypothesis import strategies as st

from index.cluster.places import MOST_CORES, Node, places_on

nodes = st.lists(st.builds(Node, st.uuids().map(str), st.just("10.0.0.1"), st.floats(0, 300)), unique_by=lambda n: n.id)


@given(nodes)
def test_workers_take_all_whole_cpus_of_a_node_but_one_and_none_is_larger_than_the_model_can_use(
    nodes: list[Node],
) -> None:
    places = places_on(nodes)
    assert len(set(places)) == len(places)
    for node in nodes:
        cores = [place.cores for place in places if place.node == node.id]
        assert sum(cores) == max(0, int(node.cpus) - 1)
        assert all(0 < one <= MOST_CORES for one in cores)
        assert max(cores, default=0) - min(cores, default=0) <= 1
