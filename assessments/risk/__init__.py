"""Risk assessment (GB/T 20984): values, threats, vulnerabilities, results, treatment."""
