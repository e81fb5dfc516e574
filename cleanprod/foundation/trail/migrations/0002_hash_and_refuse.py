"""Hash each row as it is written; refuse to change or drop one; begin the first epoch."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION trail_hash(e trail_entry) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(jsonb_build_array(
    e.id, e.epoch, to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    e.txid, e.person_id, e.person_name, e.office_id, e.office_name, e.act, e.verb, e.subject,
    e.label, e.before, e.after, e.reason, e.dossier, e.city)::text, 'UTF8'))
$$;

CREATE FUNCTION trail_entry_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.epoch := (SELECT max(id) FROM trail_epoch);
  NEW.recorded_at := clock_timestamp();
  NEW.txid := txid_current();
  NEW.row_hash := sha256(convert_to(jsonb_build_array(
    NEW.id, NEW.epoch, to_char(NEW.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    NEW.txid, NEW.person_id, NEW.person_name, NEW.office_id, NEW.office_name, NEW.act, NEW.verb,
    NEW.subject, NEW.label, NEW.before, NEW.after, NEW.reason, NEW.dossier, NEW.city)::text,
    'UTF8'));
  RETURN NEW;
END $$;

CREATE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the trail is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER trail_entry_written BEFORE INSERT ON trail_entry
  FOR EACH ROW EXECUTE FUNCTION trail_entry_written();
CREATE TRIGGER trail_entry_kept BEFORE UPDATE OR DELETE ON trail_entry
  FOR EACH ROW EXECUTE FUNCTION trail_refuse();
CREATE TRIGGER trail_seal_kept BEFORE UPDATE OR DELETE ON trail_seal
  FOR EACH ROW EXECUTE FUNCTION trail_refuse();
CREATE TRIGGER trail_epoch_kept BEFORE UPDATE OR DELETE ON trail_epoch
  FOR EACH ROW EXECUTE FUNCTION trail_refuse();

CREATE FUNCTION trail_seal_digest(of_epoch int, first_txid bigint, last_txid bigint,
    OUT entries bigint, OUT digest bytea) LANGUAGE sql STABLE AS $$
  SELECT count(*), sha256(coalesce(string_agg(row_hash, ''::bytea ORDER BY id), ''::bytea))
    FROM trail_entry WHERE epoch = of_epoch AND txid >= first_txid AND txid < last_txid
$$;

CREATE FUNCTION trail_seal_hash(epoch int, first_txid bigint, last_txid bigint, entries bigint,
    digest bytea, previous bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(previous || digest ||
    convert_to(concat_ws('|', epoch, first_txid, last_txid, entries), 'UTF8'))
$$;

INSERT INTO trail_epoch (note) VALUES ('first');
"""

BACKWARD = """
DROP TRIGGER trail_entry_written ON trail_entry;
DROP TRIGGER trail_entry_kept ON trail_entry;
DROP TRIGGER trail_seal_kept ON trail_seal;
DROP TRIGGER trail_epoch_kept ON trail_epoch;
DROP FUNCTION trail_entry_written();
DROP FUNCTION trail_refuse();
DROP FUNCTION trail_seal_digest(int, bigint, bigint);
DROP FUNCTION trail_seal_hash(int, bigint, bigint, bigint, bytea, bytea);
DROP FUNCTION trail_hash(trail_entry);
DELETE FROM trail_epoch;
"""


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_entries_and_seals")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
