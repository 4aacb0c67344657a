"""The eleven dangers: stable names, stored forever, in the order people read them."""

from enum import StrEnum


class Danger(StrEnum):
    """One everyday incident that Vigie promises to deal with."""

    RANSOMWARE = "ransomware"
    MISDIRECTED_MAIL = "misdirected_mail"
    POWER_LOSS = "power_loss"
    PHOTO_LEAK = "photo_leak"
    OPEN_PRINTER = "open_printer"
    STRAY_USB_KEY = "stray_usb_key"
    FAILED_UPDATE = "failed_update"
    IMPERSONATION = "impersonation"
    TROJAN_DOCUMENT = "trojan_document"
    PATIENT_DISCLOSURE = "patient_disclosure"
    EXPOSED_PASSWORD = "exposed_password"  # noqa: S105  (a danger's name, not a secret)
