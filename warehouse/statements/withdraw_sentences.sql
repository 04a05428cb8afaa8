-- Findings and refusals whose sentences name an address, article or capture that is withdrawn.
delete from $table
where exists (
    from withdrawing
    where kind in ('article', 'capture', 'address')
        and (contains(detail, value) or contains($said, value))
)
