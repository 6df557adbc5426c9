package secretaws

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/ebb-access/ebb/shared/fault"
)

// place is how a name stands in Secrets Manager.
type place struct {
	exists    bool
	scheduled bool   // for deletion: nobody can read it, its name is taken
	label     string // the version that has AWSCURRENT
}

// version is the current version as the port shows it: "" when there is none.
func (p place) version() string {
	if !p.exists || p.scheduled || strings.HasPrefix(p.label, tomb) {
		return ""
	}
	return p.label
}

// look reads how a name stands, without its value.
func (s *Store) look(ctx context.Context, op, name string) (p place, err error) {
	in := &secretsmanager.DescribeSecretInput{SecretId: s.id(name)}
	err = s.call(op, false, reading).Do(ctx, func(ctx context.Context) error {
		out, err := s.client.DescribeSecret(ctx, in, once)
		if err != nil {
			return err
		}
		p = place{exists: true, scheduled: out.DeletedDate != nil}
		for version, stages := range out.VersionIdsToStages {
			if slices.Contains(stages, current) {
				p.label = version
			}
		}
		return nil
	})
	if fault.Is(err, fault.NotFound) {
		return place{}, nil
	}
	return p, err
}

// create makes a secret. The name is the condition: of many, one succeeds. A
// name that is taken may still have no value: deleted, or made without one.
func (s *Store) create(ctx context.Context, op, name string, value []byte, version string) error {
	in := &secretsmanager.CreateSecretInput{
		Name: s.id(name), SecretBinary: value, ClientRequestToken: &version, KmsKeyId: s.key,
		Description: aws.String("Kept by Ebb; do not change by hand"),
	}
	err := s.call(op, true, creating).Do(ctx, func(ctx context.Context) error {
		_, err := s.client.CreateSecret(ctx, in, once)
		return err
	})
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	at, failed := s.look(ctx, op, name)
	switch {
	case failed != nil:
		return unknown(op, failed)
	case at.version() == version:
		return nil // an earlier try made it, whose answer was lost
	case at.version() != "" || !at.exists:
		return err
	case at.scheduled:
		if err := s.restore(ctx, op, name); err != nil {
			return err
		}
	}
	return s.move(ctx, op, name, value, at.label, version)
}

// replace changes a secret that has a value. Whoever comes too late is told so
// before the value has left the house.
func (s *Store) replace(ctx context.Context, op, name string, value []byte, was, version string) error {
	at, err := s.look(ctx, op, name)
	if err != nil {
		return err
	}
	if at.version() != was {
		return fault.New(op, fault.Conflict, faster)
	}
	return s.move(ctx, op, name, value, was, version)
}

// move puts a value under the label that nobody reads, then moves AWSCURRENT
// to it if the version from still has it.
func (s *Store) move(ctx context.Context, op, name string, value []byte, from, version string) error {
	put := &secretsmanager.PutSecretValueInput{
		SecretId: s.id(name), SecretBinary: value, ClientRequestToken: &version, VersionStages: []string{pending},
	}
	// Nothing that anybody reads changes here, so that a lost answer is none.
	err := s.call(op, false, changing).Do(ctx, func(ctx context.Context) error {
		_, err := s.client.PutSecretValue(ctx, put, once)
		return err
	})
	if err != nil {
		return err
	}
	swap := &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: s.id(name), VersionStage: aws.String(current), RemoveFromVersionId: &from, MoveToVersionId: &version,
	}
	if from == "" { // a secret that was made without a value, by the stack or by hand
		swap.RemoveFromVersionId = nil
	}
	err = s.call(op, true, changing).Do(ctx, func(ctx context.Context) error {
		_, err := s.client.UpdateSecretVersionStage(ctx, swap, once)
		return err
	})
	return s.settled(ctx, op, name, version, err)
}

// settled looks what became of a swap whose answers were lost, or that was
// refused: an earlier try may be the very one that stands in its way.
func (s *Store) settled(ctx context.Context, op, name, version string, err error) error {
	if !fault.Is(err, fault.Conflict, fault.Unclear) {
		return err
	}
	at, failed := s.look(ctx, op, name)
	if failed != nil {
		return unknown(op, failed)
	}
	if at.label == version && !at.scheduled {
		return nil
	}
	return err
}

func unknown(op string, err error) error {
	return &fault.Error{Op: op, Kind: fault.Unclear, Text: "whether the secret was stored is not known: read again", Err: err}
}

func (s *Store) restore(ctx context.Context, op, name string) error {
	in := &secretsmanager.RestoreSecretInput{SecretId: s.id(name)}
	// What it restores is a tombstone: nobody sees a change.
	return s.call(op, false, changing).Do(ctx, func(ctx context.Context) error {
		_, err := s.client.RestoreSecret(ctx, in, once)
		return err
	})
}
