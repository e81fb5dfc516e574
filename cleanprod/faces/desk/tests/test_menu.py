"""Which group of the menu is unfolded where."""

import re

import pytest
from django.test import Client


@pytest.mark.parametrize(
    ("person", "address", "group"),
    [
        ("province-industry", "/statistics/records/total/?year=2022", "统计"),
        ("province-industry", "/statistics/by/trade/?year=2022", "统计"),
        ("province-industry", "/lists/", "推行工作"),
        ("foshan-ecology", "/programme/import/", "推行工作"),
    ],
)
def test_the_group_that_a_page_belongs_to_is_unfolded_alone(cast, person, address, group):
    client = Client()
    client.force_login(cast.people[person])
    page = client.get(address).content.decode()
    folds = r'<details class="side-nav-group" open>.*?</svg>([^<]+)</summary>'
    assert re.findall(folds, page, re.DOTALL) == [group]
