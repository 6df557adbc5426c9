// Package secretaws owns the secret engine on AWS Secrets Manager: a secret of
// the port is a secret there, named with the house's prefix ("ebb/…"), its
// value binary, so that the console does not show it by chance.
//
// A swap is a true compare-and-swap. The new value is first put beside the
// current one under the label AWSPENDING, which nobody reads; then one call of
// UpdateSecretVersionStage moves AWSCURRENT to it, and names the version that
// it must be moved away from: Secrets Manager refuses when another has it
// (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html).
// The replaced value stays readable as AWSPREVIOUS until the next swap, and
// one that came too late as AWSPENDING: revoke a leaked token where it was
// made, not here alone.
//
// A deleted secret can be recovered for seven days by a person (see Delete),
// and by nobody else: this package never deletes without that time, and the
// stack's roles may not. Until then its name can be used again.
//
// It never caches a value, never logs one and never puts one into an error.
// Reading takes the right to GetSecretValue alone; storing takes DescribeSecret,
// CreateSecret, PutSecretValue, UpdateSecretVersionStage and RestoreSecret;
// deleting takes DescribeSecret, PutSecretValue, UpdateSecretVersionStage and
// DeleteSecret.
package secretaws

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/ebb-access/ebb/shared/awsfault"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/secret"
)

const (
	current = "AWSCURRENT"
	pending = "AWSPENDING"
	// tomb begins the version of a value that says that there is none.
	tomb = "deleted-"
	// recoverable is for how many days a person may undo a Delete.
	recoverable = 7
)

// Options are what Open may be told.
type Options struct {
	// Prefix stands before every name; "" is "ebb/". A role that may use
	// secrets under it can use no others.
	Prefix string
	// Key is the KMS key that new secrets are encrypted with, by ARN or id;
	// "" is Secrets Manager's own.
	Key string
}

// Store is a secret.Store in AWS Secrets Manager. Use Open.
type Store struct {
	client *secretsmanager.Client
	prefix string
	key    *string
	pause  time.Duration // before a second try; 0: awsfault's
}

var _ secret.Store = (*Store)(nil)

// Open names where the secrets are; nothing is asked of AWS yet.
func Open(client *secretsmanager.Client, o Options) *Store {
	s := &Store{client: client, prefix: o.Prefix}
	if s.prefix == "" {
		s.prefix = "ebb/"
	}
	if o.Key != "" {
		s.key = &o.Key
	}
	return s
}

// Get implements secret.Store.
func (s *Store) Get(ctx context.Context, name string) (value []byte, version string, err error) {
	const op = "secret/aws.Get"
	if err := secret.CheckName(name); err != nil {
		return nil, "", fault.Wrap(op, err)
	}
	in := &secretsmanager.GetSecretValueInput{SecretId: s.id(name), VersionStage: aws.String(current)}
	var out *secretsmanager.GetSecretValueOutput
	err = s.call(op, false, reading).Do(ctx, func(ctx context.Context) (err error) {
		out, err = s.client.GetSecretValue(ctx, in, once)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	version = aws.ToString(out.VersionId)
	if strings.HasPrefix(version, tomb) {
		return nil, "", fault.New(op, fault.NotFound, "there is no secret %s", name)
	}
	if value = out.SecretBinary; out.SecretString != nil {
		value = []byte(*out.SecretString) // put there by hand
	}
	return value, version, nil
}

// Swap implements secret.Store.
func (s *Store) Swap(ctx context.Context, name string, value []byte, was string) (version string, err error) {
	const op = "secret/aws.Swap"
	if err := secret.CheckName(name); err != nil {
		return "", fault.Wrap(op, err)
	}
	if err := secret.CheckValue(value); err != nil {
		return "", fault.Wrap(op, err)
	}
	version = token()
	if was == "" {
		err = s.create(ctx, op, name, value, version)
	} else {
		err = s.replace(ctx, op, name, value, was, version)
	}
	if err != nil {
		return "", err
	}
	return version, nil
}

// Delete implements secret.Store. The value is replaced by a tombstone, then
// the secret is scheduled for deletion in seven days. Until then
// `aws secretsmanager restore-secret` and moving AWSCURRENT from the tombstone
// to AWSPREVIOUS undo it.
func (s *Store) Delete(ctx context.Context, name string) error {
	const op = "secret/aws.Delete"
	if err := secret.CheckName(name); err != nil {
		return fault.Wrap(op, err)
	}
	at, err := s.look(ctx, op, name)
	if err != nil || !at.exists || at.scheduled {
		return err
	}
	if at.version() != "" {
		if err := s.move(ctx, op, name, []byte("deleted"), at.label, tomb+token()); err != nil {
			return err
		}
	}
	in := &secretsmanager.DeleteSecretInput{SecretId: s.id(name), RecoveryWindowInDays: aws.Int64(recoverable)}
	err = s.call(op, true, deleting).Do(ctx, func(ctx context.Context) error {
		_, err := s.client.DeleteSecret(ctx, in, once)
		return err
	})
	if fault.Is(err, fault.Already) {
		return nil
	}
	return err
}

func (s *Store) id(name string) *string { return aws.String(s.prefix + name) }

func (s *Store) call(op string, write bool, codes map[string]awsfault.Meaning) awsfault.Call {
	return awsfault.Call{Op: op, Write: write, Codes: codes, Pause: s.pause}
}

func once(o *secretsmanager.Options) { o.Retryer, o.APIOptions = awsfault.Once(o.APIOptions) }

// token is a version that was never used before, in the length that Secrets
// Manager wants (32 to 64 characters).
func token() string { return rand.Text() + rand.Text() }
