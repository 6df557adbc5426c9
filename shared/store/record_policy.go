package store

import (
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// policyRecord is one version of the policy.
type policyRecord struct {
	Version   int64           `json:"version"`
	Digest    string          `json:"digest,omitempty"`
	Rules     []ruleRecord    `json:"rules,omitempty"`
	Profiles  []profileRecord `json:"profiles,omitempty"`
	Hours     hoursRecord     `json:"organization,omitzero"`
	Source    string          `json:"source,omitempty"`
	By        string          `json:"by,omitempty"`
	Published stamp           `json:"published,omitzero"`
}

type ruleRecord struct {
	ID         string          `json:"id"`
	Line       int             `json:"line,omitempty"`
	Resources  matchRecord     `json:"resources"`
	Slug       string          `json:"slug"`
	Requesters whoRecord       `json:"requesters,omitzero"`
	When       string          `json:"when,omitempty"`
	Risk       access.Risk     `json:"risk,omitempty"`
	Others     whoRecord       `json:"others,omitzero"`
	Max        span            `json:"max"`
	Approvers  whoRecord       `json:"approvers,omitzero"`
	Steps      []stepRecord    `json:"steps,omitempty"`
	Auto       bool            `json:"auto,omitempty"`
	Tell       string          `json:"tell,omitempty"`
	Wait       span            `json:"wait,omitempty"`
	Advisory   bool            `json:"advisory,omitempty"`
	Empty      emptyRecord     `json:"when_empty,omitzero"`
	Unproven   bool            `json:"unproven_removal,omitempty"`
	Emergency  emergencyRecord `json:"emergency,omitzero"`
	Solo       soloRecord      `json:"solo,omitzero"`
}

type soloRecord struct {
	Wait span      `json:"wait,omitempty"`
	Veto whoRecord `json:"veto,omitzero"`
}

type emergencyRecord struct {
	Requesters whoRecord `json:"requesters,omitzero"`
	Max        span      `json:"max,omitempty"`
	Confirm    whoRecord `json:"confirm,omitzero"`
	Within     span      `json:"within,omitempty"`
}

func newEmergencyRecord(e access.Emergency) emergencyRecord {
	return emergencyRecord{Requesters: whoRecord(e.Requesters), Max: span(e.Max), Confirm: whoRecord(e.Confirm), Within: span(e.Within)}
}

func (e emergencyRecord) emergency() access.Emergency {
	return access.Emergency{Requesters: access.Who(e.Requesters), Max: time.Duration(e.Max), Confirm: access.Who(e.Confirm), Within: time.Duration(e.Within)}
}

type profileRecord struct {
	ID        string   `json:"id"`
	Line      int      `json:"line,omitempty"`
	Label     string   `json:"label,omitempty"`
	Resources []string `json:"resources,omitempty"`
}

type hoursRecord struct {
	Zone    string         `json:"zone,omitempty"`
	Offsets string         `json:"offsets,omitempty"`
	From    span           `json:"from,omitempty"`
	To      span           `json:"to,omitempty"`
	Days    []time.Weekday `json:"days,omitempty"`
}

func newHoursRecord(h access.Hours) hoursRecord {
	return hoursRecord{Zone: h.Zone, Offsets: h.Offsets, From: span(h.From), To: span(h.To), Days: h.Days}
}

func (h hoursRecord) hours() access.Hours {
	return access.Hours{Zone: h.Zone, Offsets: h.Offsets, From: time.Duration(h.From), To: time.Duration(h.To), Days: h.Days}
}

// The three below have the fields of their domain types in the same order, so
// that one converts to the other: a field that is not stored does not compile.
type matchRecord struct {
	Kind       directory.Kind `json:"kind"`
	IDs        []string       `json:"ids,omitempty"`
	Names      []string       `json:"names,omitempty"`
	Workspaces []string       `json:"workspaces,omitempty"`
}

type whoRecord struct {
	Anyone          bool     `json:"anyone,omitempty"`
	Accounts        []string `json:"accounts,omitempty"`
	Groups          []string `json:"groups,omitempty"`
	ResourceOwners  bool     `json:"resource_owners,omitempty"`
	AppOwners       bool     `json:"application_owners,omitempty"`
	WorkspaceAdmins bool     `json:"workspace_admins,omitempty"`
	Only            string   `json:"only,omitempty"`
}

type emptyRecord struct {
	Keep    string `json:"keep,omitempty"`
	Disable bool   `json:"disable,omitempty"`
}

type stepRecord struct {
	Approvers whoRecord  `json:"approvers,omitzero"`
	Fallback  whoRecord  `json:"fallback,omitzero"`
	Need      int        `json:"need,omitempty"`
	After     span       `json:"after,omitempty"`
	Then      lateRecord `json:"then,omitzero"`
	Tell      string     `json:"tell,omitempty"`
}

type lateRecord struct {
	Escalate whoRecord `json:"escalate,omitzero"`
	Reassign whoRecord `json:"reassign,omitzero"`
	Cancel   bool      `json:"cancel,omitempty"`
}

func newStepRecords(steps []access.Approval) []stepRecord {
	var out []stepRecord
	for _, s := range steps {
		out = append(out, stepRecord{
			Approvers: whoRecord(s.Approvers), Fallback: whoRecord(s.Fallback), Need: s.Need, After: span(s.After), Tell: s.Tell,
			Then: lateRecord{Escalate: whoRecord(s.Then.Escalate), Reassign: whoRecord(s.Then.Reassign), Cancel: s.Then.Cancel},
		})
	}
	return out
}

func (s stepRecord) step() access.Approval {
	return access.Approval{
		Approvers: access.Who(s.Approvers), Fallback: access.Who(s.Fallback), Need: s.Need, After: time.Duration(s.After), Tell: s.Tell,
		Then: access.Late{Escalate: access.Who(s.Then.Escalate), Reassign: access.Who(s.Then.Reassign), Cancel: s.Then.Cancel},
	}
}

func newPolicyRecord(p access.Policy) policyRecord {
	rec := policyRecord{Version: p.Version, Digest: p.Digest, Source: p.Source, By: p.By, Published: stamp(p.Published), Hours: newHoursRecord(p.Hours)}
	for _, x := range p.Profiles {
		rec.Profiles = append(rec.Profiles, profileRecord(x))
	}
	for _, r := range p.Rules {
		rec.Rules = append(rec.Rules, ruleRecord{
			ID: r.ID, Line: r.Line, Resources: matchRecord(r.Resources), Slug: r.Slug, Requesters: whoRecord(r.Requesters),
			Others: whoRecord(r.Others), Max: span(r.Max), Approvers: whoRecord(r.Approvers), Auto: r.Auto, Tell: r.Tell, Wait: span(r.Wait),
			Advisory: r.Advisory, Empty: emptyRecord(r.Empty), Unproven: r.Unproven,
			When: r.When, Risk: r.Risk, Steps: newStepRecords(r.Steps), Emergency: newEmergencyRecord(r.Emergency),
			Solo: soloRecord{Wait: span(r.Solo.Wait), Veto: whoRecord(r.Solo.Veto)},
		})
	}
	return rec
}

func (p policyRecord) policy() access.Policy {
	out := access.Policy{Version: p.Version, Digest: p.Digest, Source: p.Source, By: p.By, Published: p.Published.time(), Hours: p.Hours.hours()}
	for _, x := range p.Profiles {
		out.Profiles = append(out.Profiles, access.Profile(x))
	}
	for _, r := range p.Rules {
		var steps []access.Approval
		for _, s := range r.Steps {
			steps = append(steps, s.step())
		}
		out.Rules = append(out.Rules, access.Rule{
			ID: r.ID, Line: r.Line, Resources: access.Match(r.Resources), Slug: r.Slug, Requesters: access.Who(r.Requesters),
			Others: access.Who(r.Others), Max: time.Duration(r.Max), Approvers: access.Who(r.Approvers), Auto: r.Auto, Tell: r.Tell,
			Wait: time.Duration(r.Wait), Advisory: r.Advisory, Empty: access.Empty(r.Empty), Unproven: r.Unproven,
			When: r.When, Risk: r.Risk, Steps: steps, Emergency: r.Emergency.emergency(),
			Solo: access.Solo{Wait: time.Duration(r.Solo.Wait), Veto: access.Who(r.Solo.Veto)},
		})
	}
	return out
}
