"""The SmartLead API by area: ``from smartlead_async.api.campaigns import CreateCampaign``."""
