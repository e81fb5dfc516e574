"""What one person has typed on one page, right or wrong."""

from django.db import models


class Draft(models.Model):
    """The fields of a form as they were typed; gone when the form is sent or the draft given up.

    The person's id is copied, there is no key. `page` is the address of the form, `marks` are its
    hidden fields, which tell what the form was opened with.
    """

    person_id = models.BigIntegerField("填写人")
    office_id = models.BigIntegerField("单位", default=0)
    page = models.CharField("页面", max_length=300)
    fields = models.JSONField("内容", default=list)
    marks = models.JSONField("打开时的版本", default=list)
    changed_at = models.DateTimeField("保存时间")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "office_id", "page"], name="one_draft_a_page"
            )
        ]
        indexes = [models.Index(fields=["changed_at"], name="draft_age")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.page}"
