"""The receiver of deliveries and the health pages."""
