"""Raw requests written as the SDK calls that they stand for."""
