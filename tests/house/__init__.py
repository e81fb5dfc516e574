"""The house rules as small functions; `tests/test_house.py` holds the code against them."""
