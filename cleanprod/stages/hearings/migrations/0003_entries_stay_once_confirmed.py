from django.db import migrations, models

KEPT = """
CREATE FUNCTION hearings_offline_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.verified_on IS NOT NULL AND (TG_OP = 'DELETE' OR OLD IS DISTINCT FROM NEW) THEN
    RAISE EXCEPTION 'a confirmed entry from paper stays as it is (hearings_offline %)', OLD.id;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER hearings_offline_kept BEFORE UPDATE OR DELETE ON hearings_offline
  FOR EACH ROW EXECUTE FUNCTION hearings_offline_kept();
"""
FREE = """
DROP TRIGGER hearings_offline_kept ON hearings_offline;
DROP FUNCTION hearings_offline_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("hearings", "0001_reviews_and_paper")]

    operations = [
        migrations.AddField(
            model_name="offline",
            name="irregular",
            field=models.CharField(
                blank=True, default="", max_length=500, verbose_name="与组成要求不符"
            ),
        ),
        migrations.RunSQL(KEPT, FREE),
    ]
