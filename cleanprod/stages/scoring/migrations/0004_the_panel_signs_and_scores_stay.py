import django.utils.timezone
from django.db import migrations, models
from django.db.models import F, Max

# Whoever writes to the tables by another road than the acts meets these, whatever the role.
KEPT = """
CREATE FUNCTION scoring_member_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.signed_at IS NULL THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'signed scores are not deleted (scoring_member %)', OLD.id;
  END IF;
  IF (OLD.sitting_id, OLD.person_id, OLD.name, OLD.leader, OLD.scores, OLD.vetoes, OLD.remarks,
      OLD.signed_at)
    IS DISTINCT FROM
     (NEW.sitting_id, NEW.person_id, NEW.name, NEW.leader, NEW.scores, NEW.vetoes, NEW.remarks,
      NEW.signed_at) THEN
    RAISE EXCEPTION 'signed scores are not changed (scoring_member %)', OLD.id;
  END IF;
  IF (OLD.agreed_at, OLD.dissent) IS DISTINCT FROM (NEW.agreed_at, NEW.dissent) AND EXISTS (
    SELECT FROM scoring_sitting s WHERE s.id = OLD.sitting_id AND s.state = 'confirmed') THEN
    RAISE EXCEPTION 'a confirmed opinion keeps its signatures (scoring_member %)', OLD.id;
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION scoring_sitting_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'confirmed' AND (TG_OP = 'DELETE' OR OLD IS DISTINCT FROM NEW) THEN
    RAISE EXCEPTION 'a confirmed conclusion stays as it is (scoring_sitting %)', OLD.id;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER scoring_member_kept BEFORE UPDATE OR DELETE ON scoring_member
  FOR EACH ROW EXECUTE FUNCTION scoring_member_kept();
CREATE TRIGGER scoring_sitting_kept BEFORE UPDATE OR DELETE ON scoring_sitting
  FOR EACH ROW EXECUTE FUNCTION scoring_sitting_kept();
"""
FREE = """
DROP TRIGGER scoring_member_kept ON scoring_member;
DROP TRIGGER scoring_sitting_kept ON scoring_sitting;
DROP FUNCTION scoring_member_kept();
DROP FUNCTION scoring_sitting_kept();
"""


def take_over(apps, schema_editor):
    """Let what was confirmed before stand as signed: then the scores were the signatures."""
    sittings = apps.get_model("scoring", "Sitting").objects.filter(state="confirmed")
    for sitting in sittings.annotate(last=Max("members__signed_at")).iterator(chunk_size=500):
        sitting.opinion_at = sitting.last or django.utils.timezone.now()
        sitting.save(update_fields=["opinion_at"])
        sitting.members.update(agreed_at=F("signed_at"))


class Migration(migrations.Migration):
    dependencies = [("scoring", "0002_score_sheets")]

    operations = [
        migrations.AddField(
            model_name="member",
            name="agreed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="意见签署时间"),
        ),
        migrations.AddField(
            model_name="sitting",
            name="opinion_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="意见提出时间"),
        ),
        migrations.AddField(
            model_name="sitting",
            name="returned",
            field=models.CharField(
                blank=True, default="", max_length=500, verbose_name="退回修改的理由"
            ),
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.RunSQL(KEPT, FREE),
    ]
