{{ raw_table('questionnaire_responses') }}
