"""Two versions beside each other: only what differs, by its label, in the order of the form."""

from cleanprod.foundation.web.both import Both, differing


def test_only_what_differs_is_told_and_what_one_of_them_lacks_is_empty():
    mine = {"名称": "红星", "地址": "一号\r\n二楼 ", "电话": "1"}
    theirs = {"名称": "红星", "地址": "一号\n二楼", "行业": "3360"}
    assert differing(mine, theirs) == [Both("电话", "1", ""), Both("行业", "", "3360")]
    assert differing({}, {}) == []
