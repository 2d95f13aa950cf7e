"""Lists as XLSX and CSV files: what each contains, and how the files are made."""
