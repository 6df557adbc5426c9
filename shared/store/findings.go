package store

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Finding reads one finding.
func (s *Store) Finding(ctx context.Context, id string) (directory.Finding, error) {
	r, rev, err := find[findingRecord](ctx, s, findingKey(id), "finding", id)
	return r.finding(rev), fault.Wrap("store.Finding", err)
}

// Findings lists at most limit findings (0: 1000) of a connector, the last seen
// first; waiting: only those that are open or on their way.
func (s *Store) Findings(ctx context.Context, conn string, waiting bool, limit int) ([]directory.Finding, error) {
	part := join("findings", conn)
	if waiting {
		part = join("findings-open", conn)
	}
	out, err := s.findingsIn(ctx, Range{Part: part, Reverse: true}, limit, func(f directory.Finding) bool { return !waiting || f.Waits() })
	return out, fault.Wrap("store.Findings", err)
}

// FindingsOf lists all findings of one resource, by kind and account.
func (s *Store) FindingsOf(ctx context.Context, conn, resource string) ([]directory.Finding, error) {
	var out []directory.Finding
	err := eachRecord(ctx, s, Range{Part: join("findings-of", conn, resource)}, func(p pointer, _ Row) error {
		r, rev, err := maybe[findingRecord](ctx, s, findingKey(p.ID))
		if rev > 0 {
			out = append(out, r.finding(rev))
		}
		return err
	})
	return out, fault.Wrap("store.FindingsOf", err)
}

func (s *Store) findingsIn(ctx context.Context, r Range, limit int, fits func(directory.Finding) bool) ([]directory.Finding, error) {
	var out []directory.Finding
	err := follow(ctx, s, r, limit, findingKey, func(rec findingRecord, rev int64) bool {
		f := rec.finding(rev)
		// One that moved while we were reading stands in the list twice.
		if !fits(f) || slices.ContainsFunc(out, func(x directory.Finding) bool { return x.ID == f.ID }) {
			return false
		}
		out = append(out, f)
		return true
	})
	return out, err
}

// SaveFindings saves findings, what decided them made (grants, texts), and at least
// one event, in one commit. Whoever tells of their resources has a row in the lane
// "tell".
func (s *Store) SaveFindings(ctx context.Context, fs []directory.Finding, grants []access.Grant, texts []access.Text, e ...audit.Event) error {
	const op = "store.SaveFindings"
	var c change
	err := s.addFindings(ctx, &c, fs, e)
	if err == nil {
		err = s.addGrants(ctx, &c, grants, e)
	}
	if err == nil {
		err = s.addTexts(ctx, &c, texts)
	}
	if err == nil {
		err = s.save(ctx, &c, e)
	}
	return fault.Wrap(op, err)
}

// addFindings adds the rows of findings: each with its event, and one row for
// telling of each resource.
func (s *Store) addFindings(ctx context.Context, c *change, fs []directory.Finding, e []audit.Event) error {
	if len(fs) == 0 {
		return nil
	}
	if err := told("a finding", e); err != nil {
		return err
	}
	var about []string
	for _, f := range fs {
		if f.ID == "" || f.ID != f.FindingID() {
			return fault.New("", fault.Internal, "a finding was to be saved under another one's id")
		}
		prev, err := current[findingRecord](ctx, s, findingKey(f.ID), f.Rev)
		if err != nil {
			return err
		}
		c.addFinding(prev.finding(f.Rev), f)
		resource := f.Connector + "/" + f.Resource
		if slices.Contains(about, resource) {
			continue
		}
		about = append(about, resource)
		last, err := s.newest(ctx, "resource/"+resource)
		if err != nil {
			return err
		}
		s.news(c, "resource", resource, f.Connector, last.Seq)
	}
	return nil
}

// addFinding writes the row and moves its pointers.
func (c *change) addFinding(was, f directory.Finding) {
	c.put(findingKey(f.ID), f.Rev, newFindingRecord(f))
	if f.Rev == 0 {
		c.point(findingOfKey(f), pointer{ID: f.ID})
	}
	moved := f.Rev == 0 || findingsKey(was) != findingsKey(f)
	if f.Rev > 0 && moved {
		c.unpoint(findingsKey(was))
	}
	if moved {
		c.point(findingsKey(f), pointer{ID: f.ID})
	}
	waited, waits := f.Rev > 0 && was.Waits(), f.Waits()
	if waited && (!waits || moved) {
		c.unpoint(openFindingKey(was))
	}
	if waits && (!waited || moved) {
		c.point(openFindingKey(f), pointer{ID: f.ID})
	}
}
