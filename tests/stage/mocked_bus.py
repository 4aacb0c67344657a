"""The kernel's side of a USB bus, by umockdev: to be used in a process under `umockdev-wrapper`."""

import ctypes

from usb_room import descriptors

ROOT = "/devices/pci0000:00/0000:00:14.0/usb1"
_AT = "/sys/bus/usb/devices"


class MockedBus:
    """A testbed: udev's events, sysfs and its files, without a kernel that has USB."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libumockdev.so.0")
        self._library.umockdev_testbed_new.restype = ctypes.c_void_p
        self._bed = ctypes.c_void_p(self._library.umockdev_testbed_new())
        self._count = 1
        self._add(ROOT, "usb_device", {"authorized_default": "1", "devnum": "1"})

    def plug(self, place: str, *interfaces: tuple[int, int, int], model: int = 1, serial: str = "",
             open_: bool | None = None) -> None:  # fmt: skip
        """Plug a device in; it may work if the door is open."""
        with open(f"/sys{ROOT}/authorized_default") as file:  # noqa: PTH123  (redirected)
            door = file.read().strip()
        self._count += 1
        named = {"serial": serial} if serial else {}
        may_work = door == "1" if open_ is None else open_
        self._add(
            f"{ROOT}/{place}",
            "usb_device",
            {
                "authorized": str(int(may_work)),
                "devnum": str(self._count),
                "idVendor": "1234",
                "idProduct": f"{model:04x}",
                "product": f"device {model}",
                **named,
            },
            descriptors(*interfaces),
        )

    def types(self, place: str) -> None:
        """Let the system find that the device is a keyboard."""
        self._text(
            f"P: {ROOT}/{place}/input/input9\nE: SUBSYSTEM=input\nE: ID_INPUT_KEYBOARD=1\n\n"
        )

    def pull(self, place: str) -> None:
        """Take a device out."""
        path = f"/sys{ROOT}/{place}".encode()
        self._library.umockdev_testbed_uevent(self._bed, path, b"remove")
        self._library.umockdev_testbed_remove_device(self._bed, path)

    def works(self, place: str) -> bool:
        """Return what the kernel was told about a device."""
        with open(f"{_AT}/{place}/authorized") as file:  # noqa: PTH123  (redirected)
            return file.read().strip() == "1"

    def _add(self, path: str, kind: str, attributes: dict[str, str], raw: bytes = b"") -> None:
        rows = [f"P: {path}", "E: SUBSYSTEM=usb", f"E: DEVTYPE={kind}"]
        rows += [f"A: {name}={value}\\n" for name, value in attributes.items()]
        rows += [f"H: descriptors={raw.hex()}"] if raw else []
        self._text("\n".join(rows) + "\n\n")

    def _text(self, text: str) -> None:
        if not self._library.umockdev_testbed_add_from_string(self._bed, text.encode(), None):
            raise RuntimeError(text)
