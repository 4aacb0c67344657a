from vigie.tools.barrier import Barrier


def test_a_frozen_family_opens_nothing_until_it_is_thawed() -> None:
    barrier = Barrier()
    barrier.freeze("1-2")
    assert barrier.refuses("1-2", "/srv/a", write=False)
    assert not barrier.refuses("3-4", "/srv/a", write=True)
    barrier.thaw("1-2")
    assert not barrier.refuses("1-2", "/srv/a", write=True)


def test_a_blocked_folder_can_be_read_and_its_namesake_written() -> None:
    barrier = Barrier()
    barrier.block("/srv/docs")
    assert barrier.refuses("3-4", "/srv/docs/letter", write=True)
    assert not barrier.refuses("3-4", "/srv/docs/letter", write=False)
    assert not barrier.refuses("3-4", "/srv/docs2/letter", write=True)
    barrier.unblock("/srv/docs")
    assert not barrier.refuses("3-4", "/srv/docs/letter", write=True)
