package evidence

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/sheet"
)

// Subject is what a package is about, with the names that go with its ids.
type Subject struct {
	review.Campaign
	ConnectorName string
	Drafter       string // names; "": not known, or erased
	Ender         string
	Policy        access.Policy
	House         string // its address
}

// Comment is the text of a decision's comment; erased where there was one.
type Comment struct {
	Text   string
	Erased bool
}

// Line is a line as it stands, with names and comments of its decisions in their
// order. Its own names are as Fact's.
type Line struct {
	review.Line
	By       []string
	Comments []Comment
	// Stands is, of a line that stands, who gave its removal up and why.
	Stands GivenUp
}

// GivenUp is a name, and what they said.
type GivenUp struct {
	By string
	Comment
}

// outcome is what became of a line, in words.
func (l Line) outcome() string {
	if l.State == review.LineStands {
		return Stands(l.Stands.Text, l.Stands.Erased, l.Stands.By)
	}
	return l.Outcome
}

// Builder takes a campaign's records and makes the files of its package. What is of
// one kind comes in an order that is the same each time; kinds come in any order. It
// keeps what it compressed, sums, and a bounded part of the lines for the page.
// Not safe for concurrent use.
type Builder struct {
	subject Subject
	files   map[string]*part
	order   []*part
	sheets  map[string]*sheet.Writer
	page    *page
	asOf    time.Time // of the newest event: the package says how things stood then
	err     error
}

// The files of a package in their order.
const (
	readmeFile    = "README.txt"
	pageFile      = "review.html"
	campaignFile  = "campaign.json"
	policyFile    = "policy.yaml"
	linesSheet    = "lines.csv"
	decidedSheet  = "decisions.csv"
	resourceSheet = "resources.csv"
	listsSheet    = "lists.csv"
	manualSheet   = "manual.csv"
	toldSheet     = "told.csv"
	eventsSheet   = "events.csv"
	snapshotLines = "snapshot.jsonl"
	linesLines    = "lines.jsonl"
	listsLines    = "lists.jsonl"
	manualLines   = "manual.jsonl"
	eventsLines   = "events.jsonl"
	manifestFile  = "manifest.json"
	bindingFile   = "binding.json"
)

// Files lists what every package holds beside its manifest and its binding.
var Files = []string{
	readmeFile, pageFile, campaignFile, policyFile, linesSheet, decidedSheet, resourceSheet, listsSheet, manualSheet, toldSheet,
	eventsSheet, snapshotLines, linesLines, listsLines, manualLines, eventsLines,
}

// New begins a package.
func New(s Subject) *Builder {
	b := &Builder{subject: s, files: map[string]*part{}, sheets: map[string]*sheet.Writer{}, page: newPage()}
	for _, name := range Files {
		p := newPart(name)
		b.files[name], b.order = p, append(b.order, p)
		if head, ok := heads[name]; ok {
			b.sheets[name] = sheet.New(p, head...)
		}
	}
	return b
}

// Page takes a page of the snapshot.
func (b *Builder) Page(p review.Page) {
	for _, f := range p.Facts {
		b.json(snapshotLines, newFactRecord(p.N, f))
	}
}

// Line takes a line as it stands.
func (b *Builder) Line(l Line) {
	r := lineRecord{
		ID: l.ID, List: l.Assignment, Level: l.Level, State: l.State, Grant: l.Grant, Manual: l.Manual, Outcome: l.Outcome, Closed: stamp(l.Closed),
	}
	for i, d := range l.Decided {
		x := decisionRecord{Verdict: d.Verdict, Level: d.Level, By: d.By, Account: d.Account, For: d.For, At: stamp(d.At), Hash: d.Comment}
		if i < len(l.By) {
			x.Name = l.By[i]
		}
		if i < len(l.Comments) {
			x.Comment, x.Erased = l.Comments[i].Text, l.Comments[i].Erased
		}
		r.Decided = append(r.Decided, x)
		b.row(decidedSheet, decidedRow(l, x)...)
	}
	b.json(linesLines, r)
	b.row(linesSheet, lineRow(l, r)...)
	b.page.line(l, r)
}

// List takes who reviewed what, with their names by account.
func (b *Builder) List(a review.Assignment, names map[string]string) {
	r := newListRecord(a, names)
	b.json(listsLines, r)
	b.row(listsSheet, listRow(r)...)
	b.page.list(r)
}

// Manual takes a task that a person had to do, of a line; saidBy is a name, and g is
// of one that was given up.
func (b *Builder) Manual(m access.Manual, line, saidBy string, g GivenUp) {
	r := newManualRecord(m, line, saidBy, g)
	b.json(manualLines, r)
	b.row(manualSheet, manualRow(r)...)
	b.page.manual(r)
}

// Event takes an event of the campaign, of its lists, of what its reviewers were
// told, or of its manual tasks, each aggregate's in sequence. name is the name of
// whom it tells, where it tells somebody.
func (b *Builder) Event(x audit.Sealed, name string) {
	r := newEventRecord(x)
	if x.Event.Action != Action && x.Event.At.After(b.asOf) {
		b.asOf = x.Event.At
	}
	b.json(eventsLines, r)
	b.row(eventsSheet, eventRow(r)...)
	if what := told(x.Event); what != "" {
		b.row(toldSheet, utc(x.Event.At), toldWhom(x.Event), name, what, x.Event.Data["n"], x.Event.Aggregate)
	}
	b.page.event(b.subject.ID, x.Event, name)
}

func (b *Builder) json(name string, v any) {
	if err := b.files[name].enc.Encode(v); err != nil && b.err == nil {
		b.err = err
	}
}

func (b *Builder) row(name string, cells ...string) { b.sheets[name].Row(cells...) }

// Close finishes the files. The builder takes nothing more.
func (b *Builder) Close() (*Package, error) {
	const op = "evidence.Close"
	for _, row := range b.page.resourceRows() {
		b.row(resourceSheet, row...)
	}
	c := b.campaign()
	raw, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	_, _ = b.files[campaignFile].Write(append(raw, '\n'))
	_, _ = b.files[policyFile].Write([]byte(policyText(b.subject.Policy)))
	if err := b.page.write(b.files[pageFile], b.subject, c); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := writeReadme(b.files[readmeFile], c); err != nil {
		return nil, fault.Wrap(op, err)
	}
	out := &Package{parts: b.order}
	m := Manifest{
		Form: Form, Campaign: c.ID, Name: c.Spec.Name, State: string(c.State), AsOf: c.AsOf, Settled: !b.subject.Settled.IsZero(),
	}
	for _, p := range b.order {
		if s := b.sheets[p.name]; s != nil {
			if err := s.Flush(); err != nil && b.err == nil {
				b.err = err
			}
		}
		if err := p.zip.Close(); err != nil && b.err == nil {
			b.err = err
		}
		m.Files = append(m.Files, p.file())
	}
	if b.err != nil {
		return nil, fault.Wrap(op, b.err)
	}
	raw, err = json.MarshalIndent(m, "", "  ")
	out.manifest = append(raw, '\n')
	return out, fault.Wrap(op, err)
}

// policyText is the policy that was in force when the snapshot was taken.
func policyText(p access.Policy) string {
	switch {
	case p.Source != "":
		return p.Source
	case p.Version == 0:
		return "# No policy was published when the snapshot was taken: nobody could ask for access.\n"
	}
	return "# The text of this version of the policy is not kept; campaign.json has its version and digest.\n"
}

// Package is the files of a campaign, without what binds them to the audit.
type Package struct {
	parts    []*part
	manifest []byte
}

// Hash is the SHA-256 of the manifest, hex: what the house vouches for.
func (p *Package) Hash() string {
	sum := sha256.Sum256(p.manifest)
	return hex.EncodeToString(sum[:])
}

// Write writes the package as a zip, the same bytes each time.
func (p *Package) Write(w io.Writer, b Binding) error {
	const op = "evidence.Write"
	z := zip.NewWriter(w)
	if err := p.files(z); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, p.end(z, b))
}

// files writes everything that the house vouches for, and the manifest.
func (p *Package) files(z *zip.Writer) error {
	for _, f := range p.parts {
		if err := f.into(z); err != nil {
			return err
		}
	}
	return added(z, manifestFile, p.manifest)
}

// end writes what binds the files to the audit.
func (p *Package) end(z *zip.Writer, b Binding) error {
	raw, err := json.MarshalIndent(b.record(), "", "  ")
	if err != nil {
		return err
	}
	if err := added(z, bindingFile, append(raw, '\n')); err != nil {
		return err
	}
	return z.Close()
}

func added(z *zip.Writer, name string, body []byte) error {
	f := newPart(name)
	if _, err := f.Write(body); err != nil {
		return err
	}
	if err := f.zip.Close(); err != nil {
		return err
	}
	return f.into(z)
}
