"""Windows and macOS by what their documentation shows: neither has been run here."""

from datetime import UTC, datetime

from vigie.tools.stops import macos, windows

EVENT = """
<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>
<Provider Name='Microsoft-Windows-Kernel-Power' Guid='{331c3b3a-2005-44c2-ac5e-77220c37d6b4}'/>
<EventID>41</EventID><TimeCreated SystemTime='2026-11-28T03:41:07.1234567Z'/></System></Event>
"""


def test_event_41_is_an_unclean_stop() -> None:
    stop = windows.stop_in(EVENT)
    assert stop.clean is False
    assert stop.at == datetime(2026, 11, 28, 3, 41, 7, 123456, tzinfo=UTC)


def test_event_6006_is_a_clean_one_and_nothing_tells_nothing() -> None:
    assert windows.stop_in(EVENT.replace(">41<", ">6006<")).clean is True
    assert windows.stop_in("").clean is None


def test_a_reboot_without_a_shutdown_is_a_power_cut_on_a_mac() -> None:
    cut = "reboot    ~    Sat Nov 28 03:41\nreboot    ~    Fri Nov 27 08:01\n"
    clean = "reboot    ~    Sat Nov 28 03:41\nshutdown  ~    Fri Nov 27 19:01\n"
    assert macos.stop_in(cut).clean is False
    assert macos.stop_in(clean).clean is True
    assert macos.stop_in("wtmp begins\n").clean is None
