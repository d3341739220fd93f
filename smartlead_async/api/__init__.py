"""The SmartLead API, area by area: ``from smartlead_async.api.campaigns import CreateCampaign``."""
