package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

func (s *server) GetAuditKey(ctx context.Context, _ apigen.GetAuditKeyRequestObject) (apigen.GetAuditKeyResponseObject, error) {
	key, err := s.house.AuditKey(ctx, actor(ctx))
	return apigen.GetAuditKey200JSONResponse{Key: key}, err
}

// ReadEvidence gives a review's package: a part where one is asked for, and the whole
// where an answer may be of any size or it is a small one.
func (s *server) ReadEvidence(ctx context.Context, r apigen.ReadEvidenceRequestObject) (apigen.ReadEvidenceResponseObject, error) {
	if r.Params.Part == nil && s.whole {
		e, err := s.house.ReadEvidence(ctx, actor(ctx), r.CampaignId)
		return wholeEvidence{e}, err
	}
	p, err := s.house.ReadEvidencePart(ctx, actor(ctx), r.CampaignId, given(r.Params.Part), given(r.Params.Sha256))
	if err == nil && r.Params.Part == nil && p.Of > 1 {
		err = fault.At("api.ReadEvidence", "part", "this package has %d bytes, too many for one answer: ask for its %d parts, or let ebb review export do it", p.Size, p.Of)
	}
	return partOfEvidence(p), err
}

func zipHeader(w http.ResponseWriter, campaign string) {
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="ebb-review-%s.zip"`, campaign))
}

type wholeEvidence struct{ *flow.Evidence }

// VisitReadEvidenceResponse streams it.
func (x wholeEvidence) VisitReadEvidenceResponse(w http.ResponseWriter) error {
	zipHeader(w, x.Campaign.ID)
	if _, err := x.WriteTo(w); err != nil {
		panic(http.ErrAbortHandler) // the file must not look whole
	}
	return nil
}

type partOfEvidence flow.EvidencePart

// VisitReadEvidenceResponse writes it.
func (x partOfEvidence) VisitReadEvidenceResponse(w http.ResponseWriter) error {
	zipHeader(w, x.Campaign)
	w.Header().Set("Ebb-Parts", fmt.Sprint(x.Of))
	w.Header().Set("Ebb-Size", fmt.Sprint(x.Size))
	w.Header().Set("Ebb-SHA256", x.SHA256)
	_, err := w.Write(x.Bytes)
	return err
}
