"""Background work: every task is a row of core.Job, the message carries only its id."""
