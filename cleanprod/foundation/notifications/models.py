"""Messages to people, and their delivery outside the platform."""

from django.db import models

from cleanprod.kernel.term import Term


class Channel(Term):
    """By which way a message leaves."""

    MAIL = "mail", "电子邮件"
    SMS = "sms", "短信"


class State(Term):
    """Where a delivery stands."""

    WAITING = "waiting", "待发送"
    SENT = "sent", "已发送"
    FAILED = "failed", "发送失败"
    HELD = "held", "演示环境未发送"


class Message(models.Model):
    """One message in a person's inbox; the person's id is copied, there is no key."""

    person_id = models.BigIntegerField("收件人")
    key = models.CharField("键", max_length=120, unique=True)
    subject = models.TextField("标题")
    body = models.TextField("内容")
    url = models.CharField("网址", max_length=200, blank=True, default="")
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "-id"], name="message_inbox"),
            models.Index(
                fields=["person_id"], condition=models.Q(read_at=None), name="message_unread"
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Delivery(models.Model):
    """A message on its way out; at least once, never twice under one key."""

    key = models.CharField("键", max_length=140, unique=True)
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    address = models.CharField("地址", max_length=254)
    subject = models.TextField("标题")
    body = models.TextField("内容")
    state = models.CharField(
        "状态", max_length=8, choices=State.choices, default=State.WAITING.value
    )
    created_at = models.DateTimeField("时间", auto_now_add=True)
    tries = models.PositiveSmallIntegerField("次数", default=0)
    next_try = models.DateTimeField("下次发送", auto_now_add=True)
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)
    error = models.CharField("错误", max_length=300, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try"],
                condition=models.Q(state="waiting"),
                name="delivery_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.address} {self.state}"
