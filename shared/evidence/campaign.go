package evidence

// campaign sums up the campaign for campaign.json and the page.
func (b *Builder) campaign() campaignRecord {
	s := b.subject
	x := s.Snapshot
	lines := b.page.states()
	return campaignRecord{
		ID: s.ID, Spec: newSpecRecord(s.Spec), Says: specWords(s.Spec, b.page.names), Template: s.Template, State: s.State, AsOf: stamp(b.asOf),
		Standing: standing(s.Campaign, b.asOf, lines), By: s.By, ByName: s.Drafter, Created: stamp(s.Created), Started: stamp(s.Started),
		Deadline: stamp(s.Deadline), Ended: stamp(s.Ended), EndedBy: s.EndedBy, EndedByName: s.Ender, Done: stamp(s.Done),
		Settled: stamp(s.Settled), ConnectorName: s.ConnectorName, House: s.House, Lines: lines,
		Policy: policyRecord{Version: s.Policy.Version, Digest: s.Policy.Digest, By: s.Policy.By, Published: stamp(s.Policy.Published)},
		Population: populationRecord{
			Run: x.Run, RunAfter: x.RunAfter, Synced: stamp(x.Synced), Begun: stamp(x.Begun), Done: stamp(x.Done), Slack: x.Slack, Seen: x.Seen,
			Left: leftOut(x.Left), Pages: x.Pages, Lines: x.Lines, Unassigned: x.Unassigned, Digest: x.Digest, Says: populationWords(s.Campaign), Kinds: b.kinds(),
		},
	}
}

// kinds holds Slack's counts of the run against the snapshot's, kind by kind.
func (b *Builder) kinds() []kindRecord {
	x := b.subject.Snapshot
	var out []kindRecord
	for _, k := range b.subject.Scope.StagedKinds() {
		r := kindRecord{
			Kind: k, Says: kindWords["resources:"+string(k)], Slack: x.Slack[string(k)+"s"], Looked: x.Seen["resources:"+string(k)],
			Told: x.Slack[string(k)+" memberships"], Seen: x.Seen[string(k)],
		}
		for _, at := range b.page.resources {
			if at.Kind == string(k) {
				r.Staged += at.Lines
			}
		}
		out = append(out, r)
	}
	return out
}
