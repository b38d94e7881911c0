-- What every measure holds by donor. Money received is its provider's; all else is divided among the donors of its project.
{{ measures_by_label('donors', 'donor', stated='provider') }}
