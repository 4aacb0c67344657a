"""Mail: the bytes of one message become a `Message`, in a confined process.

`reader` is for whoever has bytes: `MailReader.read(untrusted)` always answers, `read_mail` does it
for one message. `parse` is what runs in the cell; `heading`, `trust`, `body`, `attached`,
`documents` and `codes` are its parts.
"""
