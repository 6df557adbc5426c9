package slacktest

func (o *Org) routeSCIM() {}
