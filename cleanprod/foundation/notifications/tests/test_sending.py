import pytest
from django.db import connection, transaction

from cleanprod.foundation.notifications import actions, queries
from cleanprod.foundation.notifications.actions import Note
from cleanprod.foundation.notifications.models import Channel, Delivery, Message, State

pytestmark = pytest.mark.django_db


def note(number=1, person_id=7, **more):
    named = {"subject": f"第{number}封", "body": "请按期办理。", "url": "/rounds/1/"}
    return Note(person_id=person_id, key=f"round:{number}:listed:{person_id}", **(named | more))


def test_a_message_lies_in_the_inbox_newest_first():
    assert actions.send_many([note(1), note(2), note(1, person_id=8)]) == 3
    assert [message.subject for message in queries.inbox(7)] == ["第2封", "第1封"]
    message = queries.inbox(8).get()
    assert (message.body, message.url, message.read_at) == ("请按期办理。", "/rounds/1/", None)
    assert message.created_at
    assert not Delivery.objects.exists()


def test_the_same_message_is_sent_once_however_often_it_is_asked():
    assert actions.send_many([note(mail="a@example.com"), note(mail="a@example.com")]) == 1
    assert actions.send_many([note(mail="a@example.com"), note(2)]) == 1
    assert Message.objects.count() == 2
    assert Delivery.objects.count() == 1


def test_nothing_to_send_is_nothing_sent():
    assert actions.send_many(iter(())) == 0


def test_mail_and_short_message_wait_in_the_outbox():
    actions.send_many([note(mail="a@example.com", mobile="13000000000", sms="请登录平台。")])
    mail, sms = Delivery.objects.order_by("channel")
    assert (mail.channel, mail.address, mail.body) == (
        Channel.MAIL,
        "a@example.com",
        "请按期办理。",
    )
    assert (sms.channel, sms.address, sms.body) == (Channel.SMS, "13000000000", "请登录平台。")
    assert {mail.state, sms.state} == {State.WAITING}


def test_a_long_title_stops_nobody():
    assert actions.send_many([note(subject="长" * 500, mail="a@example.com")]) == 1


def test_two_thousand_messages_take_two_statements(django_assert_num_queries):
    many = [note(n, mail=f"p{n}@example.com") for n in range(2000)]
    with django_assert_num_queries(4):  # two of them are the savepoint inside the test
        assert actions.send_many(many) == 2000


def test_a_message_of_a_transaction_that_failed_never_was():
    with transaction.atomic():
        actions.send_many([note(mail="a@example.com")])
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert not Delivery.objects.exists()


def test_reading_is_marked_once_and_only_by_whom_it_was_sent_to():
    actions.send_many([note(1), note(2)])
    assert queries.unread_count(7) == 2
    message = queries.inbox(7).first()
    assert actions.mark_read(message.pk, person_id=8) is None
    read = actions.mark_read(message.pk, person_id=7)
    assert read.read_at
    assert actions.mark_read(message.pk, person_id=7).read_at == read.read_at
    assert (queries.unread_count(7), queries.unread_count(8)) == (1, 0)


def test_nothing_leaves_a_demo_home(settings, mailoutbox):
    settings.DEMO = True
    actions.send_many([note(mail="a@example.com")])
    assert actions.deliver() == 0
    delivery = Delivery.objects.get()
    assert State(delivery.state).label == "演示环境未发送"
    assert queries.unread_count(7) == 1
    assert mailoutbox == []


def test_what_waited_when_a_home_became_a_demo_is_held_back(settings, mailoutbox):
    actions.send_many([note(mail="a@example.com")])
    settings.DEMO = True
    assert actions.deliver() == 0
    assert Delivery.objects.get().state == State.HELD
    assert mailoutbox == []


def test_the_inbox_is_read_through_its_index():
    actions.send_many(note(n) for n in range(50))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "message_inbox" in queries.inbox(7)[:20].explain()
