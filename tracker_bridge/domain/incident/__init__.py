"""The incident as a value, and the parts that it is made of."""
