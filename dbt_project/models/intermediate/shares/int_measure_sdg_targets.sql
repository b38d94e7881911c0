-- What every measure holds by target of the 2030 Agenda, divided among the targets of its project.
{{ measures_by_label('sdg_targets', 'sdg_target') }}
