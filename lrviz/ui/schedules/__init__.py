"""The schedules page: several schedules of one method on the stage, what each change of η did, ways out."""
