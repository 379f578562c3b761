import django.contrib.postgres.fields
from django.db import migrations, models

REQUESTERS = "UPDATE approvals_approval SET requesters = ARRAY[requester] WHERE requester IS NOT NULL"

# The same that approvals.deciders and approvals.services hold, for whoever writes past them.
FORWARD = """
CREATE FUNCTION approvals_count_approvers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found integer;
BEGIN
    EXECUTE format(
        'SELECT count(DISTINCT person) FROM %I.approvals_decision'
        ' WHERE approval_id = $1 AND digest = $2 AND decision = ''approve'' AND person <> ALL ($3)'
        ' AND ($4 < 2 OR NOT $5 @> to_jsonb(person::text))', TG_TABLE_SCHEMA)
        INTO found USING NEW.id, NEW.digest, NEW.requesters, NEW.required_approvers, NEW.editors;
    IF found < NEW.required_approvers THEN
        RAISE EXCEPTION 'approval % has % of % approvers who may approve it', NEW.id, found, NEW.required_approvers
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approvals_approvers_counted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approvals_approvers_counted BEFORE INSERT OR UPDATE ON approvals_approval
    FOR EACH ROW WHEN (NEW.status IN ('approved', 'executing'))
    EXECUTE FUNCTION approvals_count_approvers();

CREATE FUNCTION approvals_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'approval %: what a decision is bound to changes only with its digest, while it waits', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'approvals_rule_stands';
END $$;
CREATE TRIGGER approvals_rule_stands BEFORE UPDATE ON approvals_approval
    FOR EACH ROW WHEN (
        (NEW.digest <> OLD.digest AND OLD.status IN ('approved', 'executing'))
        OR (NEW.digest = OLD.digest AND (
            NEW.required_approvers < OLD.required_approvers
            OR NOT NEW.requesters @> OLD.requesters
            OR NOT NEW.editors @> OLD.editors)))
    EXECUTE FUNCTION approvals_refuse_change();
"""
BACKWARD = """
DROP TRIGGER approvals_approvers_counted ON approvals_approval;
DROP TRIGGER approvals_rule_stands ON approvals_approval;
DROP FUNCTION approvals_count_approvers();
DROP FUNCTION approvals_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="approval",
            name="escalate_count",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="approval",
            name="requesters",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.RunSQL(REQUESTERS, migrations.RunSQL.noop),
        # Its column goes with a later release: workers of the former one still write it.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="approval", name="requester")]
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(("required_approvers__gte", 1)), name="approval_needs_somebody"
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
