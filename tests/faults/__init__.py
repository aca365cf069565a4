"""Faults the product must survive: killed workers, lost messages, brokers that are down."""
