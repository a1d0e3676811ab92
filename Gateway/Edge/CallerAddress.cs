using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Gateway;

/// <summary>
/// From where somebody calls, for the activity log. The pages call the API themselves: so the Frontend gets its visitor's
/// address along, sealed, and brings it back. Nobody else can claim another address than their own.
/// </summary>
internal sealed class CallerAddress(IDataProtectionProvider protection)
{
    private readonly IDataProtector _seal = protection.CreateProtector("address of a visitor");

    /// <summary>For <see cref="Headers.Visitor"/>.</summary>
    public string Seal(HttpContext context) => _seal.Protect(Own(context));

    public string Of(HttpContext context)
    {
        if (context.Request.Headers[Headers.Visitor] is not [{ Length: > 0 } box])
        {
            return Own(context);
        }

        try
        {
            return _seal.Unprotect(box);
        }
        catch (CryptographicException)
        {
            return Own(context);
        }
    }

    private static string Own(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        return (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "";
    }
}
