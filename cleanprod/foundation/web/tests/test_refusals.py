import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
PATIENT = {"raise_request_exception": False}


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("not-allowed", 409, "当前为“已列入名单”，不能办结"),
        ("conflict", 409, "这条记录刚被他人修改，请刷新"),
        ("refused", 422, "请先填写文号"),
        ("missing", 404, "不在您的查看范围内"),
        ("forbidden", 403, "没有办理这件事的权限"),
        ("too-big", 413, "超过了允许的大小"),
        ("broken", 500, "这次操作没有完成"),
    ],
)
def test_troubles_say_in_chinese_what_happened_and_offer_a_way_back(name, status, said):
    answer = Client(**PATIENT).get(f"/trouble/{name}")
    page = answer.content.decode()
    assert answer.status_code == status
    assert said in page
    assert "返回上一页" in page
    assert "secret" not in page


def test_not_yours_and_not_there_look_alike():
    hidden = Client().get("/trouble/missing").content
    absent = Client().get("/nowhere").content
    assert hidden == absent


def test_htmx_gets_a_fragment_for_the_notices():
    answer = Client().get("/trouble/conflict", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#notices"
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize("name", ["conflict", "missing", "broken"])
def test_programs_get_json(name):
    answer = Client(**PATIENT).get(f"/trouble/{name}", headers={"Accept": "application/json"})
    assert answer.json()["status"] == answer.status_code


def test_an_address_for_sending_only_says_so():
    answer = Client().get("/only-post")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "只用于提交" in answer.content.decode()


def test_a_post_without_a_token_is_told_to_reload():
    answer = Client(enforce_csrf_checks=True).post("/only-post")
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


def test_pages_carry_the_strict_policy():
    policy = Client().get("/sample/form")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
