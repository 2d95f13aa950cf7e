"""The folder of evidence (Map bukti): a ZIP file of one quarter for the assessment of the service."""
