"""Documents before anybody opens them: checked, and copied without what would act."""
