"""The papers of an incident: written once, shown as a page, a PDF and a document to edit."""
