"""Reports: neutral blocks (`document`) drawn as PDF, docx, xlsx or HTML (`render`)."""
