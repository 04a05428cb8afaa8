merge into run_outlets as old using incoming as new on old.run_id = new.run_id and old.outlet_id = new.outlet_id
when matched then update set
    discovered = old.discovered + new.discovered,
    skipped_known = old.skipped_known + new.skipped_known,
    fetched = old.fetched + new.fetched,
    not_modified = old.not_modified + new.not_modified,
    failed = old.failed + new.failed,
    extracted = old.extracted + new.extracted,
    rejected = old.rejected + new.rejected,
    new = old.new + new.new,
    updated = old.updated + new.updated,
    unchanged = old.unchanged + new.unchanged,
    copies = old.copies + new.copies,
    alert = coalesce(new.alert, old.alert)
when not matched then insert by name
