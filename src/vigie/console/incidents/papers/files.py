"""The files that a paper may be: PDF to read, .docx to finish."""

from vigie.console.incidents.papers import printing, word

FORMS = {
    "pdf": ("application/pdf", printing.pdf),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", word.docx),
}
