"""Hash each row as it is written, refuse to change or drop one, and know how seals are made.

Canonical text of a row: all fields as one JSON array, times as seconds since 1970 with six places,
hashed as UTF-8 by SHA-256. A seal is hashed likewise, with the previous seal's hash among its
fields. To recompute by hand: `SELECT trail_row_hash(e) = row_hash FROM trail_entry e`.

No trigger refuses TRUNCATE: the app role has no grant for it, and whoever owns the tables could
drop the trigger as well; what was sealed is missed by `verify` either way.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION trail_row_hash(e trail_entry) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT sha256(convert_to(jsonb_build_array(
    e.id, e.epoch, extract(epoch FROM e.recorded_at), e.txid, e.person_id, e.person_name,
    e.office_id, e.office_name, e.via, e.act, e.verb, e.subject, e.label, e.before, e.after,
    e.reason, e.dossier, e.city)::text, 'UTF8'))
$$;

-- Written out once more, since a call of trail_row_hash costs half as much again.
CREATE FUNCTION trail_entry_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.epoch := (SELECT coalesce(max(id), 0) FROM trail_epoch);
  NEW.recorded_at := clock_timestamp();
  NEW.txid := txid_current();
  NEW.row_hash := sha256(convert_to(jsonb_build_array(
    NEW.id, NEW.epoch, extract(epoch FROM NEW.recorded_at), NEW.txid, NEW.person_id,
    NEW.person_name, NEW.office_id, NEW.office_name, NEW.via, NEW.act, NEW.verb, NEW.subject,
    NEW.label, NEW.before, NEW.after, NEW.reason, NEW.dossier, NEW.city)::text, 'UTF8'));
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

CREATE FUNCTION trail_seal_hash(s trail_seal) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT sha256(convert_to(jsonb_build_array(
    s.epoch, s.from_txid, s.upto_txid, s.entries, encode(s.digest, 'hex'),
    encode(s.previous, 'hex'), extract(epoch FROM s.sealed_at))::text, 'UTF8'))
$$;

-- The client says up to where; everything else is counted and chained here.
CREATE FUNCTION trail_seal_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last trail_seal;
BEGIN
  SELECT * INTO last FROM trail_seal ORDER BY id DESC LIMIT 1;
  NEW.epoch := (SELECT coalesce(max(id), 0) FROM trail_epoch);
  NEW.from_txid := CASE WHEN last.epoch = NEW.epoch THEN last.upto_txid ELSE 0 END;
  NEW.previous := coalesce(last.seal_hash, '');
  NEW.sealed_at := clock_timestamp();
  SELECT count(*), sha256(coalesce(string_agg(row_hash, ''::bytea ORDER BY id), ''))
    INTO NEW.entries, NEW.digest
    FROM trail_entry
   WHERE epoch = NEW.epoch AND txid >= NEW.from_txid AND txid < NEW.upto_txid;
  IF NEW.entries = 0 THEN
    RETURN NULL;
  END IF;
  NEW.seal_hash := trail_seal_hash(NEW);
  RETURN NEW;
END $$;

CREATE TRIGGER trail_seal_written BEFORE INSERT ON trail_seal
  FOR EACH ROW EXECUTE FUNCTION trail_seal_written();
"""

BACKWARD = """
DROP TRIGGER trail_seal_written ON trail_seal;
DROP TRIGGER trail_entry_written ON trail_entry;
DROP TRIGGER trail_entry_kept ON trail_entry;
DROP TRIGGER trail_seal_kept ON trail_seal;
DROP TRIGGER trail_epoch_kept ON trail_epoch;
DROP FUNCTION trail_seal_written();
DROP FUNCTION trail_entry_written();
DROP FUNCTION trail_refuse();
DROP FUNCTION trail_seal_hash(trail_seal);
DROP FUNCTION trail_row_hash(trail_entry);
"""


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_entries_and_seals")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
