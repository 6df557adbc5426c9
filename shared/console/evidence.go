package console

import (
	"fmt"
	"net/http"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

var evidenceRoutes = []route{
	{pattern: "GET /reviews/{id}/evidence", serve: (*visit).evidence},
	{pattern: "GET /reviews/{id}/package", serve: (*visit).packing},
}

// PackagePage is what package.html shows: how far a package is that was asked for.
type PackagePage struct {
	Frame
	flow.Making
	Fits bool // one answer holds it
}

// MB is its size.
func (p PackagePage) MB() int64 { return max(1, p.Size>>20) }

// Waits reports whether it comes by itself.
func (p PackagePage) Waits() bool { return !p.AtOnce && !p.Ready }

// packing says how far a package is, and has the link to it once it is there.
func (v *visit) packing() error {
	m, err := v.s.house.AskEvidence(v.ctx(), v.by, v.path("id"))
	if err != nil {
		return err
	}
	return v.show("package", PackagePage{Frame: v.frame("Evidence package"), Making: m, Fits: m.Parts <= 1})
}

// evidence gives a review's package as a file. Where an answer is bounded and the
// package is larger, the command takes it in parts; while it is made, a page says so.
func (v *visit) evidence() error {
	id := v.path("id")
	header := func() {
		h := v.w.Header()
		h.Set("Content-Type", "application/zip")
		h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="ebb-review-%s.zip"`, id))
	}
	if v.s.o.SheetRows == 0 { // answers are not bounded here
		e, err := v.s.house.ReadEvidence(v.ctx(), v.by, id)
		if err != nil {
			return err
		}
		header()
		if _, err := e.WriteTo(v.w); err != nil {
			panic(http.ErrAbortHandler) // the file must not look whole
		}
		return nil
	}
	p, err := v.s.house.ReadEvidencePart(v.ctx(), v.by, id, 0, v.field("sha256"))
	if fault.Is(err, fault.Wait) {
		return v.to("/reviews/"+id+"/package", "")
	}
	if err != nil {
		return err
	}
	if p.Of > 1 {
		return fault.New("console.evidence", fault.Invalid, "this package has %d MB, too many for a browser here; take it with: ebb review export %s --out review.zip", p.Size>>20, id)
	}
	header()
	_, _ = v.w.Write(p.Bytes) // who asked has gone
	return nil
}
