package flow

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// mostOwnerLines is how many resources one call gives owners to: each is a commit
// of its own, and all have to fit into the time of one call.
const mostOwnerLines = 1000

// OwnersLine says who owns one resource, as a person wrote it: the resource by
// @handle, #channel or id, owners by id, handle or e-mail. No owners: nobody owns
// it from now on. Line is where it stands in a file; 0: in none.
type OwnersLine struct {
	Line     int
	Resource string
	Owners   []string
}

// What a line of owners would do, or did.
const (
	OwnersChange = "change"
	OwnersSame   = "same"
	OwnersWrong  = "wrong"
)

// OwnersPlan is what becomes of one line. Why says what is wrong with it.
type OwnersPlan struct {
	OwnersLine
	Verdict     string
	Why         string
	About       directory.Resource // zero where it is not known
	Was, Owners []string           // account ids
	Names       map[string]string  // of accounts
}

// ReadOwnersCSV reads a file with the columns "resource" and "owners" (more may
// stand beside them), the owners with a space, comma or semicolon between. A quote
// before a cell, as exports put it there against formulas, does not count.
func ReadOwnersCSV(file io.Reader) ([]OwnersLine, error) {
	const op = "flow.ReadOwnersCSV"
	raw, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	text := strings.TrimPrefix(string(raw), "\ufeff")
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	if head, _, _ := strings.Cut(text, "\n"); strings.Contains(head, ";") && !strings.Contains(head, ",") {
		r.Comma = ';'
	}
	head, err := r.Read()
	if err != nil {
		return nil, fault.At(op, "file", "this is no CSV file with a head line; it begins with: resource,owners")
	}
	column := func(name string) int {
		return slices.IndexFunc(head, func(h string) bool { return strings.EqualFold(plainCell(h), name) })
	}
	what, who := column("resource"), column("owners")
	if what < 0 || who < 0 {
		return nil, fault.At(op, "file", "the head line names no column %q and %q", "resource", "owners")
	}
	var out []OwnersLine
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return nil, fault.At(op, "file", "line %d cannot be read as CSV: a quote or a separator is missing", bad.Line)
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		switch {
		case len(row) <= max(what, who):
			return nil, fault.At(op, "file", "line %d has %d columns, and the head line more", line, len(row))
		case len(out) == mostOwnerLines:
			return nil, fault.At(op, "file", "a file has at most %d lines; split it", mostOwnerLines)
		}
		out = append(out, OwnersLine{Line: line, Resource: plainCell(row[what]), Owners: strings.FieldsFunc(plainCell(row[who]), func(c rune) bool {
			return c == ' ' || c == ',' || c == ';' || c == '\n' || c == '\t'
		})})
	}
}

func plainCell(s string) string { return strings.TrimPrefix(strings.TrimSpace(s), "'") }

// PreviewOwners says of each line what it would change, or what is wrong with it.
// It changes nothing.
func (h *House) PreviewOwners(ctx context.Context, by access.Actor, conn string, lines []OwnersLine) ([]OwnersPlan, error) {
	plans, err := h.planOwners(ctx, by, conn, lines)
	return plans, fault.Wrap("flow.PreviewOwners", err)
}

// SetManyOwners does what the lines say, all or none of them: where one is wrong
// nothing is changed. Each resource is a commit with its event; a call that dies
// half-way is sent again, and goes on with what is not so yet. It gives what was
// changed and what was so already.
func (h *House) SetManyOwners(ctx context.Context, by access.Actor, conn string, lines []OwnersLine) ([]OwnersPlan, error) {
	const op = "flow.SetManyOwners"
	plans, err := h.planOwners(ctx, by, conn, lines)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if i := slices.IndexFunc(plans, func(p OwnersPlan) bool { return p.Verdict == OwnersWrong }); i >= 0 {
		return plans, fault.At(op, "lines", "%s: %s; nothing was changed", plans[i].Resource, plans[i].Why)
	}
	for _, p := range plans {
		if p.Verdict != OwnersChange {
			continue
		}
		if err := h.setOwners(ctx, by, conn, p.About.ID, p.Owners); err != nil {
			return plans, fault.Wrap(op, err)
		}
	}
	return plans, nil
}

func (h *House) planOwners(ctx context.Context, by access.Actor, conn string, lines []OwnersLine) ([]OwnersPlan, error) {
	const op = "flow.planOwners"
	r, err := h.realm(ctx, by, conn)
	switch {
	case err != nil:
		return nil, err
	case !r.saysOwners():
		return nil, mayNotSayOwners()
	case len(lines) == 0:
		return nil, fault.At(op, "lines", "name at least one resource")
	case len(lines) > mostOwnerLines:
		return nil, fault.At(op, "lines", "at most %d resources at once; send them in parts", mostOwnerLines)
	}
	d := deed{r: r, people: map[string]access.Person{}, seen: map[string]bool{}}
	plans := make([]OwnersPlan, 0, len(lines))
	for _, l := range lines {
		p, err := d.plan(ctx, l)
		if fault.Is(err, fault.NotFound, fault.Invalid) {
			p.Verdict, p.Why = OwnersWrong, fault.TextOf(err)
			err = nil
		}
		if err != nil {
			return nil, err
		}
		plans = append(plans, p)
	}
	return plans, nil
}

// deed works out lines of owners, and remembers whom it found.
type deed struct {
	r      *realm
	people map[string]access.Person
	seen   map[string]bool
}

func (d *deed) plan(ctx context.Context, l OwnersLine) (OwnersPlan, error) {
	p := OwnersPlan{OwnersLine: l, Owners: []string{}}
	res, err := d.r.called(ctx, l.Resource)
	if err != nil {
		return p, err
	}
	p.About, p.Was = res, res.Owners
	if d.seen[res.ID] {
		return p, fault.New("flow.plan", fault.Invalid, "it stands in an earlier line already")
	}
	d.seen[res.ID] = true
	for _, who := range l.Owners {
		a, ok := d.people[who]
		if !ok {
			if a.Account, err = d.r.whoIs(ctx, who); err != nil {
				return p, err
			}
			d.people[who] = a
		}
		p.Owners = append(p.Owners, a.Account.ID)
	}
	if p.Owners, err = fitOwners(ctx, d.r.s.h, res, p.Owners); err != nil {
		return p, err
	}
	if p.Verdict = OwnersChange; slices.Equal(slices.Sorted(slices.Values(p.Was)), p.Owners) {
		p.Verdict = OwnersSame
	}
	p.Names, err = d.r.named(ctx, slices.Concat(p.Was, p.Owners)...)
	return p, err
}

// called is the resource that a person means by an id, @handle or #name.
func (r *realm) called(ctx context.Context, text string) (directory.Resource, error) {
	none := fault.New("flow.called", fault.NotFound, "there is no resource %s", text)
	if text == "" {
		return directory.Resource{}, none
	}
	if x, err := r.look(ctx, text); err != nil || x.seen {
		return x.Resource, err
	}
	kind, name := directory.Kind(""), strings.ToLower(strings.TrimLeft(text, "@#"))
	switch text[0] {
	case '@':
		kind = directory.UserGroup
	case '#':
		kind = directory.Channel
	}
	ids := map[string]bool{}
	err := r.s.h.Memory.ResourcesNamed(ctx, r.conn.ID, name, func(hint directory.Resource) error {
		if len(ids) > mostFound {
			return errEnough
		}
		if strings.EqualFold(hint.Name, name) && (kind == "" || hint.Kind == kind) {
			ids[hint.ID] = true
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return directory.Resource{}, err
	}
	var found []directory.Resource
	for id := range ids {
		x, err := r.look(ctx, id)
		if err != nil {
			return directory.Resource{}, err
		}
		if x.seen && strings.EqualFold(x.Name, name) {
			found = append(found, x.Resource)
		}
	}
	switch len(found) {
	case 0:
		return directory.Resource{}, none
	case 1:
		return found[0], nil
	}
	return directory.Resource{}, fault.New("flow.called", fault.Invalid, "%s names several; write its id", text)
}

// whoIs is the account that a person means by an id, a handle or an address.
func (r *realm) whoIs(ctx context.Context, text string) (directory.Account, error) {
	a, err := r.s.h.Memory.Account(ctx, r.conn.ID, text)
	if err == nil || !fault.Is(err, fault.NotFound) {
		if _, ok := r.account(a); ok || err != nil {
			return a, err
		}
	}
	name := strings.ToLower(strings.TrimPrefix(text, "@"))
	begin, _, _ := strings.Cut(name, "@")
	begin = directory.CutWord(begin)
	var ids []string
	// Behind the words that go on with a space, which sort before the word alone.
	from := directory.Lead{Text: begin, Account: "!"}
	err = r.s.h.Memory.AccountsCalled(ctx, r.conn.ID, begin, from, func(l directory.Lead) error {
		if l.Text != begin || len(ids) > mostFound {
			return errEnough // words that are longer follow
		}
		ids = append(ids, l.Account)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return directory.Account{}, err
	}
	var found []directory.Account
	for _, id := range ids {
		a, err := r.s.h.Memory.Account(ctx, r.conn.ID, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return a, err
		}
		v, ok := r.account(a)
		if err == nil && ok && (strings.EqualFold(v.Handle, name) || v.Email != "" && strings.EqualFold(v.Email, name)) {
			found = append(found, a)
		}
	}
	switch len(found) {
	case 0:
		return directory.Account{}, fault.New("flow.whoIs", fault.NotFound, "there is no account %s", text)
	case 1:
		return found[0], nil
	}
	return directory.Account{}, fault.New("flow.whoIs", fault.Invalid, "%s names several accounts; write the id", text)
}
