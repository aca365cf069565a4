"""Level evaluations (等级测评) and cryptographic ones (密评) by agencies: term, documents, result, next date."""
